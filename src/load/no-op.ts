// A value that survives whatever is done to it: it can be called, constructed, awaited, iterated and read to any depth.
// Every use is recorded. It stands for host functions an engine mentions but its conformance does not depend on.

/** Told of each use, with a dotted path such as "runtime.tts.textToSpeech()". */
export type UseRecorder = (path: string) => void;

const MAX_RECORDED_DEPTH = 5;

/** What every function has: read from the function itself, so that `api.f.call(…)` and `class X extends api.f` work. */
const OF_FUNCTIONS = new Set<string | symbol>([
  "prototype",
  "constructor",
  "bind",
  "call",
  "apply",
  "hasOwnProperty",
  "__proto__",
]);

function* nothing(): Generator<never> {}
async function* nothingLater(): AsyncGenerator<never> {}

/** Members whose value must not be another no-op, or loops, conversions and promises around it would never end. */
function fixedMember(path: string, name: string | symbol): { value: unknown } | undefined {
  switch (name) {
    case "then":
      return { value: undefined };
    case "length":
      return { value: 0 };
    case "name":
      return { value: path };
    case "toJSON":
      return { value: () => undefined };
    case "toString":
      return { value: () => "" };
    case Symbol.toPrimitive:
      return { value: (hint: string) => (hint === "number" ? 0 : "") };
    case Symbol.iterator:
      return { value: nothing };
    case Symbol.asyncIterator:
      return { value: nothingLater };
    default:
      return undefined;
  }
}

/** Makes a no-op that reports its uses under `path`. Reading members is silent; calling and constructing are recorded. */
export function noOp(path: string, record: UseRecorder): unknown {
  const members = new Map<string, unknown>();
  const use = (): unknown => {
    if (path.split(".").length <= MAX_RECORDED_DEPTH) record(`${path}()`);
    return noOp(`${path}()`, () => {});
  };
  const self: object = new Proxy(function noOperation() {}, {
    get(target, name) {
      const fixed = fixedMember(path, name);
      if (fixed !== undefined) return fixed.value;
      if (typeof name === "symbol" || OF_FUNCTIONS.has(name)) return Reflect.get(target, name);
      const known = members.get(name);
      if (known !== undefined) return known;
      const made = noOp(`${path}.${name}`, record);
      members.set(name, made);
      return made;
    },
    set(_target, name, value) {
      if (typeof name === "string") members.set(name, value);
      return true;
    },
    apply: use,
    // A subclass keeps its own methods; the no-op itself makes another no-op.
    construct: (_target, _args, made) => (made === self ? (use() as object) : Object.create(made.prototype)),
  });
  return self;
}
