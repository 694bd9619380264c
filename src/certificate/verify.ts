// Is an engine still the one that a certificate is about? Its files, and the sample of its plays. The certificate itself was checked before.

import type { Parts } from "../campaign/parts.js";
import { worstExit } from "../campaign/verdict.js";
import { type CertificateBody, EXIT, type SampledCase } from "../define/index.js";
import { digestOf } from "./canonical.js";
import { changedFiles, engineFiles, inFolder } from "./engine-files.js";
import { onStage, type PlayDigest, type Stage, type StageOptions } from "./sample.js";

export interface VerifyOptions extends StageOptions {
  /** Absolute place of the certificate: no part of the engine, wherever it lies now. */
  place: string;
  /** Of the ctxspec that verifies. */
  toolVersion: string;
}

/** One thing that was looked at. holds, broken (1), flaky (5), open: nothing can be concluded (4). */
export interface Answer {
  about: "files" | "replay";
  state: "holds" | "broken" | "flaky" | "open";
  /** One sentence. */
  text: string;
  /** More of it, a line each. */
  details: string[];
}

const EXIT_OF = { holds: EXIT.conforms, broken: EXIT.violates, flaky: EXIT.flaky, open: EXIT.inconclusive } as const;

export function exitOf(answers: readonly Answer[]): number {
  return worstExit(answers.map(({ state }) => EXIT_OF[state]));
}

/** Throws CtxspecError: an engine that cannot be loaded, a fault of ctxspec. */
export function verifyEngine(parts: Parts, body: CertificateBody, options: VerifyOptions): Promise<Answer[]> {
  return onStage(parts, options, async (stage) => [
    filesAnswer(stage, body, options),
    await replayAnswer(stage, body, options.toolVersion),
  ]);
}

function filesAnswer({ description }: Stage, { engine, tool }: CertificateBody, options: VerifyOptions): Answer {
  const answer = (state: Answer["state"], text: string, details: string[] = []): Answer => ({
    about: "files",
    state,
    text,
    details,
  });
  if (engine.kind === "built-in") {
    if (description.kind !== "built-in" || description.id !== engine.id)
      return answer("broken", `the certificate is about the engine ${engine.id} of ctxspec, which this is not`);
    if (tool.version !== options.toolVersion)
      return answer(
        "broken",
        `the certificate is about the engine ${engine.id} of ctxspec ${tool.version}; this is ${options.toolVersion}`,
      );
    return answer("holds", `the engine ${engine.id} of ctxspec ${tool.version}`);
  }
  const leftOut = [...engine.leftOut, ...inFolder(description.root, [options.place])];
  const { files } = engineFiles(description.root, leftOut);
  const known = Object.fromEntries(Object.entries(engine.files).filter(([name]) => !leftOut.includes(name)));
  const changes = changedFiles(known, files);
  const count = Object.keys(files).length;
  if (changes.length === 0) return answer("holds", `${count === 1 ? "1 file is" : `${count} files are`} the same`);
  return answer("broken", `the engine's files are not those that were certified (${changes.length} of ${count})`, changes);
}

type Compared = { state: "same" | "other-case" | "uncomparable" } | { state: "differs" | "flaky"; text: string };

/** A play that differs is made twice more: an engine that differs from itself is no other engine. */
async function compare(stage: Stage, seed: number, sampled: SampledCase): Promise<Compared> {
  const { host, k } = sampled;
  if (digestOf(stage.caseFor(host, seed, k)) !== sampled.case) return { state: "other-case" };
  if (sampled.history === undefined) return { state: "uncomparable" };
  const same = (play: PlayDigest): boolean => play.kind === "played" && play.history === sampled.history;
  const first = await stage.play(host, seed, k);
  if (same(first)) return { state: "same" };
  const again = [await stage.play(host, seed, k), await stage.play(host, seed, k)];
  const where = `case ${k} under ${host}`;
  if (again.some((play) => digestOf(play) !== digestOf(first)))
    return { state: "flaky", text: `${where}: played three times, the engine differed from itself` };
  if (first.kind === "lost") return { state: "differs", text: `${where}: the engine's process was lost (${first.how})` };
  const calls =
    first.calls === sampled.calls ? "other parameters or answers" : `${first.calls} calls instead of ${sampled.calls}`;
  return { state: "differs", text: `${where}: ${calls}` };
}

async function replayAnswer(stage: Stage, { run, sample, tool }: CertificateBody, toolVersion: string): Promise<Answer> {
  const compared: Compared[] = [];
  for (const sampled of sample) compared.push(await compare(stage, run.seed, sampled));
  const of = (state: Compared["state"]) => compared.filter((one) => one.state === state);
  const textsOf = (state: Compared["state"]) => of(state).flatMap((one) => ("text" in one ? [one.text] : []));
  const answer = (state: Answer["state"], text: string, details: string[] = []): Answer => ({
    about: "replay",
    state,
    text,
    details,
  });
  const differing = of("differs").length;
  const versions =
    tool.version === toolVersion ? [] : [`certified by ctxspec ${tool.version}; this is ${toolVersion}, whose host may differ`];
  const node = run.node === stage.description.node ? [] : [`certified on Node ${run.node}; this is ${stage.description.node}`];
  const all = `${sample.length} sampled cases`;
  if (of("other-case").length > 0)
    return answer(
      "open",
      `this ctxspec makes other cases of the seed (${tool.version} certified); verify with that version`,
      versions,
    );
  if (differing > 0) {
    const details = [...textsOf("differs"), ...versions, ...node];
    return answer("broken", `${differing} of ${all} were not played as certified`, details);
  }
  if (of("flaky").length > 0)
    return answer("flaky", `in ${of("flaky").length} of ${all} the engine differs from itself`, textsOf("flaky"));
  const same = of("same").length;
  if (same === 0) return answer("open", "the certificate holds no play to compare with: the engine differed from itself then");
  const rest =
    same === sample.length ? "" : `; ${sample.length - same} cannot be compared: the engine differed from itself when certified`;
  return answer("holds", `${same} of ${all} were played as certified${rest}`);
}
