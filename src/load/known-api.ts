// Names of the host's plugin interface that do nothing here: real members, of no consequence for a context engine.
// A name missing here only means that doctor marks it "(unknown)"; it works all the same.

const REGISTRARS = [
  "AgentEventSubscription AgentHarness AgentToolResultMiddleware AutoEnableProbe BoardWidgetContentKind Channel Cli CliBackend",
  "CodexAppServerExtensionFactory Command CompactionProvider ConfigMigration ControlUiDescriptor DecisionProvider DetachedTaskRuntime",
  "EmbeddingProvider GatewayAccessPolicy GatewayDiscoveryService GatewayMethod Hook HostedMediaResolver HttpRoute",
  "ImageGenerationProvider InteractiveHandler McpServer McpServerConnectionResolver MediaUnderstandingProvider MemoryCapability",
  "MemoryCorpusSupplement MemoryEmbeddingProvider MemoryPromptPreparation MemoryPromptSection MemoryPromptSupplement",
  "MigrationProvider ModelCatalogProvider MusicGenerationProvider NodeCliFeature NodeHostCommand NodeInvokePolicy Provider",
  "RealtimeTranscriptionProvider RealtimeVoiceProvider Reload RuntimeLifecycle SecurityAuditCollector Service SessionAction",
  "SessionCatalog SessionExtension SessionSchedulerJob SpeechProvider TextTransforms Tool ToolMetadata TranscriptSourceProvider",
  "TrustedToolPolicy VideoGenerationProvider WebFetchProvider WebSearchProvider WidgetPresenter WorkerProvider",
].flatMap((line) => line.split(" ").map((name) => `register${name}`));

const OTHERS = [
  "runtimeSource session session.* agent agent.* runContext runContext.* lifecycle lifecycle.* onConversationBindingResolved",
  "enqueueNextTurnInjection emitAgentEvent setRunContext getRunContext clearRunContext sendSessionAttachment scheduleSessionTurn",
  "unscheduleSessionTurnsByTag",
].flatMap((line) => line.split(" "));

const RUNTIME = [
  "agent channel config decisions events gateway hooks imageGeneration logging media mediaUnderstanding modelAuth nodes sandbox",
  "state subagent system taskFlow tasks tools tts webSearch",
].flatMap((line) => line.split(" ").flatMap((name) => [`runtime.${name}`, `runtime.${name}.*`]));

/** Dotted paths; one that ends in ".*" stands for everything below it. */
export const KNOWN_NO_OPS: ReadonlySet<string> = new Set([...REGISTRARS, ...OTHERS, ...RUNTIME]);
