// The GitHub workflow that `ctxspec init` writes: shards as a matrix, one job that merges them, annotates, and uploads the page. Pure.

const SHARDS = 4;
// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub, not of JavaScript
const SHARD = "${{ matrix.shard }}";
// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub, not of JavaScript
const ALWAYS = "${{ !cancelled() }}";

/** `install`: the command that installs the project. */
export function workflowText(install: string): string {
  const numbers = Array.from({ length: SHARDS }, (_, at) => at + 1).join(", ");
  return `# Certifies the engine: ${SHARDS} shards at the same time, then one report, the same as that of a run without shards.
name: ctxspec
on:
  push:
    branches: [main, master]
  pull_request:
  workflow_dispatch:
permissions:
  contents: read
jobs:
  shard:
    name: shard ${SHARD} of ${SHARDS}
    runs-on: ubuntu-latest
    # A shard plays 2,500 cases per profile; an engine that keeps state in its process gets a process for each. GitHub's own limit is 360.
    timeout-minutes: 350
    strategy:
      fail-fast: false
      matrix:
        shard: [${numbers}]
    steps:
${setUp(install)}
      # The verdict is that of the merged report. A shard fails here only where it leaves no report: wrong usage, exit 2.
      - run: npx ctxspec certify --preset certify --shard ${SHARD}/${SHARDS} --out shards/${SHARD} --quiet || [ $? -ne 2 ]
      - uses: actions/upload-artifact@v4
        with:
          name: ctxspec-shard-${SHARD}
          path: shards/${SHARD}
          retention-days: 5
  report:
    needs: shard
    if: ${ALWAYS}
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
${setUp(install)}
      - uses: actions/download-artifact@v4
        with:
          pattern: ctxspec-shard-*
          path: shards
      - run: npx ctxspec merge shards/* --report text,annotations,markdown,html
      - if: ${ALWAYS}
        run: cat ctxspec-report/summary.md >> "$GITHUB_STEP_SUMMARY"
      - if: ${ALWAYS}
        uses: actions/upload-artifact@v4
        with:
          name: ctxspec-report
          path: ctxspec-report
`;
}

function setUp(install: string): string {
  return `      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: ${install}`;
}
