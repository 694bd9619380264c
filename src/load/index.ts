// The loader in one import: from an <engine> argument, a factory or an adapter to something a host can play.

export { defineEngine, isAdapter } from "./adapter.js";
export { bridgeFor, currentBridge } from "./bridge.js";
export { declare, methodsOf, type Trial } from "./declare.js";
export { describeEngine, type EngineDescription } from "./describe.js";
export { ownFiles } from "./digest.js";
export { hasPrivateEnvironment, privateEnvironment, privatePaths } from "./environment.js";
export { loadedFromFactory } from "./from-factory.js";
export { type HostChoice, type HostReason, hostsFor } from "./hosts.js";
export { type LoadOptions, loadEngine } from "./load.js";
export { didYouMean, nearest } from "./nearest.js";
export { networkRefused, type RefusalListener, refuseNetwork } from "./network.js";
export { type SdkUse, sdkNoOpCalls, sdkUses } from "./sdk.js";
