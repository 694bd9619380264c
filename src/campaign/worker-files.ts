// Names of the files a worker leaves in its folder for the supervisor.

export const IN_FLIGHT_FILE = "in-flight";
export const TRACE_FILE = "trace";
/** Argument of a worker that is not to dispose of the trial instance, and of any other. */
export const KEEP_TRIAL = "keep-trial";
export const END_TRIAL = "end-trial";
