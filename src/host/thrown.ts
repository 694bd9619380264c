// What an engine threw, as data. It may be anything: reading it may throw, too, and that must not become a fault of the harness.

export interface Thrown {
  name: string;
  message: string;
  isError: boolean;
}

const MOST = 2_000;

export function thrownData(error: unknown): Thrown {
  try {
    if (error instanceof Error) return { name: String(error.name), message: String(error.message).slice(0, MOST), isError: true };
    return { name: typeof error, message: String(error).slice(0, MOST), isError: false };
  } catch {
    return { name: typeof error, message: "(what was thrown cannot be read: its members throw)", isError: false };
  }
}
