// The `Date` an engine sees: the host's clock in place of the machine's, and otherwise the real one. Own code, because every process of an
// engine starts with it, and a library for timers takes as long to load as all the rest.

const RealDate = globalThis.Date;

/** A stand-in for `Date` whose now is `nowMs()`. Dates that it makes are real ones: they and those made before or after are alike. */
export function virtualDate(nowMs: () => number): DateConstructor {
  function VirtualDate(...given: []): unknown {
    if (new.target === undefined) return new RealDate(nowMs()).toString();
    const made = new.target === (VirtualDate as unknown) ? RealDate : new.target;
    return Reflect.construct(RealDate, given.length === 0 ? [nowMs()] : given, made);
  }
  const now = { value: () => nowMs(), writable: true, configurable: true, enumerable: false };
  Object.defineProperties(VirtualDate, { ...Object.getOwnPropertyDescriptors(RealDate), now });
  return VirtualDate as unknown as DateConstructor;
}
