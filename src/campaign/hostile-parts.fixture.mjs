// Parts for the supervisor's tests, loaded by a real worker process. The case says what the "engine" does to its process: settings.aim
// names it, and it happens in the assemble of the first turn with at least 100 tokens.

const call = (i, step, number) => ({
  i,
  step,
  kind: "call",
  call: number,
  engine: 1,
  process: 1,
  method: "assemble",
  phase: "assemble-first",
  names: [],
  params: {},
});

const DEEDS = {
  exit: () => process.exit(3),
  abort: () => process.abort(),
  loop: () => {
    for (;;);
  },
  memory: () => {
    const kept = [];
    for (;;) kept.push(new Array(100_000).fill(kept.length + 0.5));
  },
  later: () => setImmediate(() => process.exit(0)),
  noise: () => console.log("a line of the engine's own"),
};

async function play(theCase, _engine, options) {
  const events = [];
  const tell = (event) => {
    events.push(event);
    options.onEvent?.(event);
  };
  for (const [at, step] of theCase.steps.entries()) {
    tell(call(events.length, step.id, at + 1));
    options.watch?.before({ call: at + 1, method: "assemble", step: step.id });
    if (step.text.tokens >= 100) DEEDS[theCase.settings.aim]?.();
    options.watch?.after();
    tell({ i: events.length, step: step.id, kind: "return", call: at + 1, result: step.text.tokens });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  }
  return { case: theCase, events, probes: [] };
}

const results = {
  id: "contract-results",
  title: "every call is answered",
  level: "must",
  who: "engine",
  family: "contract",
  source: [],
  bugs: [],
  breaks: [],
  applies: () => ({ applies: true }),
  check: (history) =>
    history.events
      .filter((event) => event.kind === "throw")
      .map((event) => ({
        message: event.error.message,
        expected: "an answer",
        actual: event.cause,
        at: event.i,
        blame: [event.i - 1],
      })),
  witness: (history) => history.events.length,
};

/** What the engine wrote, as a finding, so that a test can see it. */
const quiet = {
  ...results,
  id: "quiet",
  check: (history) =>
    history.residue?.output ? [{ message: history.residue.output, expected: "nothing", actual: "output", at: 0, blame: [] }] : [],
};

const engine = {
  id: "stub",
  name: "Stub",
  version: "1",
  source: "stub",
  kind: "module",
  digest: "",
  adapter: {},
  notes: [],
  touched: [],
  sdk: {},
  hostVersions: {},
};

function load(source) {
  if (source.spec === "dies-at-load") process.exit(9);
  return Promise.resolve({
    engine,
    declared: { info: { id: "stub", name: "Stub" }, methods: ["assemble", "compact", "ingest"] },
  });
}

export default {
  clauses: async () => [results, quiet],
  clause: async (id) => [results, quiet].find((clause) => clause.id === id),
  caseFor: () => {
    throw new Error("these tests give their cases");
  },
  generatorVersion: "test",
  play,
  factsOf: () => ({}),
  difference: () => undefined,
  load,
  shrink: () => {
    throw new Error("shrinking is the supervisor's side");
  },
  hostsFor: () => ({ hosts: [], skipped: [] }),
};
