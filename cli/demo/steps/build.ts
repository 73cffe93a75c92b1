/** Compiles every example. */
import { readdirSync } from 'node:fs';
import { SECTION } from '../../../hal/contract/index.js';
import { readSections } from '../../../sdk/host/wasm.js';
import { homePath } from '../../home.js';
import { compileAt, type Row, type Stage, type Step } from '../stage.js';

export const build: Step = {
  title: 'Build the examples',
  async run(stage: Stage): Promise<Row[]> {
    const examples = readdirSync(homePath('examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const rows: Row[] = [];
    for (const { name } of examples) {
      for (const { name: behaviour, module } of await compileAt(homePath(`examples/${name}`))) {
        const manifest = manifestSize(module);
        const code = module.length - manifest;
        stage.say(`examples/${name}: ${behaviour}, ${module.length} bytes`);
        rows.push({ what: `compiled ${behaviour}`, seen: `${code} bytes of Wasm, ${manifest} of manifest` });
      }
    }
    return rows;
  },
};

/** Bytes of the manifest's section, its header included; a compiled module has no other custom section. */
function manifestSize(module: Uint8Array): number {
  const section = readSections(module).find(({ name }) => name === SECTION);
  const content = SECTION.length + 1 + (section?.body.length ?? 0);
  return content + (content < 0x80 ? 2 : 3);
}
