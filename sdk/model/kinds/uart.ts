/** Serial ports: bytes that wait are announced until they are read. */
import { numberField, textField } from '../context.js';
import type { Use } from '../manifest.js';
import type { Input, InputSite, KindModel } from './kind.js';

class SerialInput implements Input {
  readonly lasting = true;
  private readonly port: string;
  /** Bytes read when the last reaction ended. */
  private taken: number;
  /** Bytes were lost, and none has been read since. */
  private full = false;

  /** A port that the version before has left at its speed goes on with what waits in it. */
  constructor(private readonly site: InputSite) {
    const { use, devices, before } = site;
    this.port = textField(use, 'name');
    if (!before.some((old) => samePort(use, old))) devices.serial.configure(this.port);
    this.taken = devices.serial.taken(this.port);
  }

  changed(waiting: number, timeUs: number, lost = 0): void {
    if (lost > 0) this.site.lose(lost, timeUs, this.full ? undefined : 'serial port full: bytes are lost');
    this.full ||= lost > 0;
    this.site.announce('uart', waiting, timeUs);
  }

  /** A reaction that was told of the bytes and took none isn't told again before others come. */
  reacted(told: boolean, timeUs: number): void {
    const { serial } = this.site.devices;
    const taken = serial.taken(this.port) !== this.taken;
    this.taken = serial.taken(this.port);
    if (taken) this.full = false;
    const waiting = serial.waiting(this.port);
    if (waiting > 0 && (taken || !told)) this.site.announce('uart', waiting, timeUs);
  }
}

function samePort(a: Use, b: Use): boolean {
  return (
    a.kind === b.kind && a.fields['name'] === b.fields['name'] && numberField(a, 'baud') === numberField(b, 'baud')
  );
}

export const uart = {
  input: (site) => new SerialInput(site),
  makers: (use) => [
    (random) => [
      { kind: 'uart', port: textField(use, 'name'), data: random.bytes(random.between(1, random.once(4) ? 9 : 2)) },
      { kind: 'advance', us: 100 },
    ],
  ],
} as const satisfies KindModel;
