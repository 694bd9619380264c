// Errors are data: one table of codes, each with its exit code. Every error says what was expected, what came, and what to try next.

export const EXIT = { conforms: 0, violates: 1, usage: 2, engine: 3, inconclusive: 4, flaky: 5, internal: 70 } as const;
export type ExitName = keyof typeof EXIT;

export const ERROR_CODES = {
  "usage-option": "usage",
  "usage-clause": "usage",
  "usage-host": "usage",
  "usage-report": "usage",
  "config-invalid": "usage",
  "case-unreadable": "usage",
  "case-invalid": "usage",
  "case-newer": "usage",
  "out-unwritable": "usage",
  "report-invalid": "usage",
  "baseline-unreadable": "usage",
  "baseline-invalid": "usage",
  "baseline-newer": "usage",
  "certificate-unreadable": "usage",
  "certificate-invalid": "usage",
  "certificate-newer": "usage",
  "key-invalid": "usage",
  "merge-incomplete": "usage",
  "merge-foreign": "usage",
  "engine-not-found": "engine",
  "engine-import": "engine",
  "engine-no-factory": "engine",
  "engine-nothing-registered": "engine",
  "engine-several": "engine",
  "engine-unknown-id": "engine",
  "engine-factory-threw": "engine",
  "engine-factory-result": "engine",
  "engine-adapter": "engine",
  "engine-no-host": "engine",
  "engine-changed": "engine",
  internal: "internal",
} as const satisfies Record<string, ExitName>;
export type ErrorCode = keyof typeof ERROR_CODES;

/** An error on its way to the user. */
export class CtxspecError extends Error {
  override readonly name = "CtxspecError";
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint: string,
    override readonly cause?: unknown,
  ) {
    super(message);
  }
  get exitCode(): number {
    return EXIT[ERROR_CODES[this.code]];
  }
}
