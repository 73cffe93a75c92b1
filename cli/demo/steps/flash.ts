/** Flashes a board over its serial port, watches the pin, and flashes the same app again. */
import { DemoBoard } from '../board.js';
import { compileExample, type Row, type Stage, type Step } from '../stage.js';

export const flash: Step = {
  title: 'Flash a board over its serial port',
  async run(stage: Stage): Promise<Row[]> {
    const board = await DemoBoard.start(stage.folder, 'alpha');
    stage.boards.set('alpha', board);
    stage.say(`${board.name}: class ${board.hello.class}, firmware ${board.hello.firmware}, serial port ${board.pty}`);
    const modules = await compileExample('blink');
    const programs = async (): Promise<number> => (await board.link.request('board', {})).programs;
    const [before, first, after, second, last] = [
      await programs(),
      await board.flash(modules),
      await programs(),
      await board.flash(modules),
      await programs(),
    ];
    stage.say(
      `flashed ${first.bytes} bytes: ${after - before} flash programs; the same app again: ${last - after}, ` +
        `${second.same ? 'nothing to do' : 'written'}`,
    );
    stage.draw('   LED ');
    const edges = await board.edges('LED', 2600, (level) => stage.draw(level ? '▔▔▔▔' : '▁▁▁▁'));
    stage.end();
    const periods = edges.slice(1).map((edge, index) => edge.time - (edges[index]?.time ?? 0));
    const worst = Math.max(...periods.map((period) => Math.abs(period - 500_000)));
    return [
      {
        what: 'alpha flashed over its pseudo-terminal',
        seen: `${first.bytes} bytes, ${after - before} flash programs`,
      },
      { what: 'the same app flashed again', seen: `${last - after} flash programs` },
      { what: 'LED watched', seen: `${edges.length} edges, 500 ms apart, at most ${worst} us off` },
    ];
  },
};
