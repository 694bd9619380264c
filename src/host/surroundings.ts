// The globals of the process that an engine shares with the host. An engine that replaces one gets its own back whenever it is called,
// the host works with the true ones, and what was replaced is said afterwards. Environment and working directory are watched elsewhere.

// Captured before anything is replaced; this file uses nothing that an engine could have put there.
const { defineProperty, getOwnPropertyDescriptor, deleteProperty, ownKeys } = Reflect;

interface Entry {
  holder: object;
  key: string | symbol;
  name: string;
  enumerable: boolean;
}

const GLOBALS =
  "Object Array Promise JSON Date Math Map Set WeakMap Symbol String Number RegExp Error TypeError Reflect Buffer AbortController console process setTimeout clearTimeout setInterval clearInterval setImmediate queueMicrotask structuredClone".split(
    " ",
  );

/** Of the many functions of `process` this one only: well-kept packages replace others to hear of the process's end. */
const PROCESS_KEYS = ["nextTick"];

const HOLDERS: [string, object][] = [
  ["JSON", JSON],
  ["Promise", Promise],
  ["Promise.prototype", Promise.prototype],
  ["Object", Object],
  ["Object.prototype", Object.prototype],
  ["Array", Array],
  ["Array.prototype", Array.prototype],
  ["String.prototype", String.prototype],
  ["Map.prototype", Map.prototype],
  ["Set.prototype", Set.prototype],
  ["Math", Math],
  ["Reflect", Reflect],
  ["console", console],
];

function entryOf(holder: object, key: string | symbol, name: string): Entry[] {
  const found = getOwnPropertyDescriptor(holder, key);
  if (found === undefined || found.configurable !== true) return [];
  if (holder !== globalThis && typeof found.value !== "function") return [];
  return [{ holder, key, name, enumerable: found.enumerable === true }];
}

/** Everything that is watched; those that ctxspec cannot do a step without come first and are looked at after every call. */
const ENTRIES: Entry[] = [
  ...GLOBALS.flatMap((name) => entryOf(globalThis, name, name)),
  ...PROCESS_KEYS.flatMap((key) => entryOf(process, key, `process.${key}`)),
  ...HOLDERS.flatMap(([name, holder]) => ownKeys(holder).flatMap((key) => entryOf(holder, key, `${name}.${String(key)}`))),
];
const VITAL = ENTRIES.findIndex(({ holder }) => holder === Promise);

/** Names that belong on Object.prototype. */
const KNOWN_KEYS = new Set(ownKeys(Object.prototype));
const isKnownKey = KNOWN_KEYS.has.bind(KNOWN_KEYS);

/** A key on Object.prototype that does not belong there. */
type Stranger = [string | symbol, PropertyDescriptor];

interface Replaced {
  entry: Entry;
  theirs: PropertyDescriptor | undefined;
}

function present({ holder, key }: Entry): unknown {
  return (holder as Record<string | symbol, unknown>)[key];
}

function put(holder: object, key: string | symbol, descriptor: PropertyDescriptor | undefined): void {
  if (descriptor === undefined) deleteProperty(holder, key);
  else defineProperty(holder, key, descriptor);
}

export class Surroundings {
  private ours: unknown[] = [];
  private theirs: Replaced[] = [];
  private strange: Stranger[] = [];
  private readonly names: string[] = [];
  /** What loading the engine changed: the same in every play. */
  private loaded: { theirs: Replaced[]; strange: Stranger[]; names: string[] } | undefined;

  constructor() {
    this.begin();
  }

  /** A play begins: the globals of this moment are the host's, the virtual Date included. */
  begin(): void {
    for (let i = 0; i < ENTRIES.length; i++) this.ours[i] = present(ENTRIES[i] as Entry);
    this.theirs = this.loaded === undefined ? [] : [...this.loaded.theirs];
    this.strange = this.loaded === undefined ? [] : [...this.loaded.strange];
    this.names.length = 0;
  }

  /** Loading is over; what it left behind belongs to the engine from now on. */
  endLoading(): void {
    this.leave(true);
    const names = this.names.map((name) => `${name} (when it was loaded)`);
    // The virtual clock takes the place of whatever Date there was.
    this.loaded = { theirs: this.theirs.filter(({ entry }) => entry.name !== "Date"), strange: this.strange, names };
  }

  /** The engine is about to run: what it replaced is there again. */
  enter(): void {
    for (let i = 0; i < this.theirs.length; i++) {
      const { entry, theirs } = this.theirs[i] as Replaced;
      put(entry.holder, entry.key, theirs);
    }
    for (let i = 0; i < this.strange.length; i++) {
      const [key, descriptor] = this.strange[i] as Stranger;
      put(Object.prototype, key, descriptor);
    }
  }

  /** The host goes on: everything is as it should be. `whole`: look at every entry, not only at the vital ones. */
  leave(whole = false): void {
    const touched = this.theirs.length > 0 || this.strange.length > 0;
    if (!touched && !whole && this.vitalIntact()) return;
    this.theirs = [];
    this.strange = [];
    for (let i = 0; i < ENTRIES.length; i++) {
      const entry = ENTRIES[i] as Entry;
      const value = this.ours[i];
      if (present(entry) === value) continue;
      this.theirs[this.theirs.length] = { entry, theirs: getOwnPropertyDescriptor(entry.holder, entry.key) };
      this.note(entry.name);
      put(entry.holder, entry.key, { value, writable: true, configurable: true, enumerable: entry.enumerable });
    }
    const keys = ownKeys(Object.prototype);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string | symbol;
      if (isKnownKey(key)) continue;
      this.strange[this.strange.length] = [key, getOwnPropertyDescriptor(Object.prototype, key) as PropertyDescriptor];
      this.note(`Object.prototype.${String(key)}`);
      deleteProperty(Object.prototype, key);
    }
  }

  /** The play is over: what of the globals the engine had replaced in it, by name. The true ones are back. */
  end(): string[] {
    this.leave(true);
    return this.noted();
  }

  /** What `end` said last, without another look: after a play the globals are not those it began with, for the virtual clock is gone. */
  noted(): string[] {
    const known = this.loaded?.names ?? [];
    return [...known, ...this.names.filter((name) => !known.includes(`${name} (when it was loaded)`))];
  }

  private vitalIntact(): boolean {
    for (let i = 0; i < VITAL; i++) if (present(ENTRIES[i] as Entry) !== this.ours[i]) return false;
    return ownKeys(Object.prototype).length === KNOWN_KEYS.size;
  }

  private note(name: string): void {
    for (let i = 0; i < this.names.length; i++) if (this.names[i] === name) return;
    this.names[this.names.length] = name;
  }
}
