/** Compiles every example. */
import { readdirSync } from 'node:fs';
import { withoutCustoms } from '../../../sdk/image/index.js';
import { homePath } from '../../home.js';
import { compileAt, type Row, type Stage, type Step } from '../stage.js';

export const build: Step = {
  title: 'Build the examples',
  async run(stage: Stage): Promise<Row[]> {
    const examples = readdirSync(homePath('examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const rows: Row[] = [];
    for (const { name } of examples) {
      for (const { name: behaviour, module } of await compileAt(homePath(`examples/${name}`))) {
        const code = withoutCustoms(module).length; // a compiled module has no custom section but the manifest
        stage.say(`examples/${name}: ${behaviour}, ${module.length} bytes`);
        rows.push({
          what: `compiled ${behaviour}`,
          seen: `${code} bytes of Wasm, ${module.length - code} of manifest`,
        });
      }
    }
    return rows;
  },
};
