// Names of the files a worker leaves in its folder for the supervisor.

export const IN_FLIGHT_FILE = "in-flight";
export const TRACE_FILE = "trace";
