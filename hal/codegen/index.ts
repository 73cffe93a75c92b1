/** Every generated file: path from the root of the project, and its text. */
import { type FirmwareBoard, boardHeader, boardId, boardSource } from './c-board.js';
import { bundleHeader, bundleSource } from './c-bundle.js';
import { bundleVectorsHeader } from './c-bundle-vectors.js';
import { boardCallsSource, callsHeader, dispatchSource } from './c-calls.js';
import { commandsHeader, commandsSource } from './c-commands.js';
import { errorsHeader, errorsSource, limitsHeader } from './c-constants.js';
import { fakeHeader, fakeSource } from './c-fake.js';
import { guestHeader } from './c-guest.js';
import { kindOpsSource, kindsHeader, kindsSource } from './c-kinds.js';
import { manifestHeader, manifestSource, manifestTablesHeader } from './c-manifest.js';
import { layoutHeader } from './c-layout.js';
import { messagesHeader, messagesSource } from './c-messages.js';
import { type HandVectors, vectorsHeader } from './c-vectors.js';
import { updatesPage } from './doc-bundle.js';
import { callsPage } from './doc-calls.js';
import { fleetPage } from './doc-fleet.js';
import { linkPage } from './doc-link.js';
import { manifestPage } from './doc-manifest.js';
import { vectorsJson } from './vectors.js';

export type { FirmwareBoard } from './c-board.js';
export { fuzzSeeds, type Seeds } from './seeds.js';
export {
  type CborVector,
  type FrameVector,
  type HandVectors,
  type ItemJson,
  manifestHex,
  type ManifestVector,
} from './c-vectors.js';

/** Generates everything. `boards` are the parsed board files, `vectors` the hand-written ones of hal/vectors. Pure. */
export function generate(boards: readonly FirmwareBoard[], vectors: HandVectors): Map<string, string> {
  const firmware = 'firmware/gen/';
  const files = new Map<string, string>([
    [`${firmware}tars_errors.h`, errorsHeader()],
    [`${firmware}tars_errors.c`, errorsSource()],
    [`${firmware}tars_limits.h`, limitsHeader()],
    [`${firmware}tars_layout.h`, layoutHeader()],
    [`${firmware}tars_calls.h`, callsHeader()],
    [`${firmware}tars_dispatch.c`, dispatchSource()],
    [`${firmware}tars_manifest.h`, manifestHeader()],
    [`${firmware}tars_manifest_tables.h`, manifestTablesHeader()],
    [`${firmware}tars_manifest.c`, manifestSource()],
    [`${firmware}tars_kinds.h`, kindsHeader()],
    [`${firmware}tars_kinds.c`, kindsSource()],
    [`${firmware}tars_kind_ops.c`, kindOpsSource()],
    [`${firmware}tars_bundle.h`, bundleHeader()],
    [`${firmware}tars_bundle.c`, bundleSource()],
    [`${firmware}tars_link.h`, messagesHeader('link')],
    [`${firmware}tars_link.c`, messagesSource('link')],
    [`${firmware}tars_commands.h`, commandsHeader()],
    [`${firmware}tars_commands.c`, commandsSource()],
    [`${firmware}tars_bench.h`, messagesHeader('bench')],
    [`${firmware}tars_bench.c`, messagesSource('bench')],
    [`${firmware}tars_fleet.h`, messagesHeader('fleet')],
    [`${firmware}tars_fleet.c`, messagesSource('fleet')],
    [`${firmware}tars_guest.h`, guestHeader()],
    ['firmware/test/codec/tars_calls_fake.h', fakeHeader()],
    ['firmware/test/codec/tars_calls_fake.c', fakeSource()],
    [`${firmware}tars_vectors.h`, vectorsHeader(vectors)],
    [`${firmware}tars_bundle_vectors.h`, bundleVectorsHeader(vectors.bundles, vectors.edges, vectors.suit)],
    ['hal/vectors/messages.json', vectorsJson()],
    ['docs/host-calls.md', callsPage()],
    ['docs/link.md', linkPage()],
    ['docs/updates.md', updatesPage()],
    ['docs/fleet.md', fleetPage()],
    ['docs/manifest.md', manifestPage(vectors.manifests)],
  ]);
  for (const board of boards) for (const [name, text] of boardFiles(board)) files.set(`${firmware}${name}`, text);
  return files;
}

/** The files of one board, by name. */
export function boardFiles(board: FirmwareBoard): Map<string, string> {
  const name = `board_${boardId(board)}`;
  return new Map([
    [`${name}.h`, boardHeader(board)],
    [`${name}.c`, boardSource(board)],
    [`${name}_calls.c`, boardCallsSource(board)],
  ]);
}
