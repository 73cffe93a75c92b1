/** Devices of 256 byte registers on I2C and SPI, and faults to order. */
import type { ErrorName } from '../../../hal/contract/index.js';

const REGISTERS = 256;

class Registers {
  readonly bytes = new Uint8Array(REGISTERS);

  set(reg: number, data: ArrayLike<number>): void {
    for (let i = 0; i < data.length; i++) this.bytes[(reg + i) % REGISTERS] = data[i] ?? 0;
  }

  get(reg: number, count: number): Uint8Array {
    return Uint8Array.from({ length: count }, (_, i) => this.bytes[(reg + i) % REGISTERS] ?? 0);
  }
}

interface I2cDevice {
  readonly registers: Registers;
  present: boolean;
  transfers: number;
  fault: ErrorName | undefined;
  faultsLeft: number;
}

/**
 * Register devices on I2C: a write sends the register and then bytes, a read sends the register and reads on from it.
 */
export class I2cBuses {
  private readonly devices = new Map<string, I2cDevice>();

  attach(bus: string, address: number, present: boolean): void {
    const device = this.device(bus, address);
    device.present = present;
    if (present) device.transfers = 0;
  }

  set(bus: string, address: number, reg: number, data: ArrayLike<number>): void {
    this.device(bus, address).registers.set(reg, data);
  }

  get(bus: string, address: number, reg: number, count: number): { data: Uint8Array; transfers: number } {
    const device = this.device(bus, address);
    return { data: device.registers.get(reg, count), transfers: device.transfers };
  }

  /** The next `count` transfers fail with `error`. */
  fail(bus: string, address: number, error: ErrorName | undefined, count: number): void {
    const device = this.device(bus, address);
    device.fault = error;
    device.faultsLeft = error === undefined ? 0 : count;
  }

  /** Reads registers, or says why not. */
  read(bus: string, address: number, reg: number, count: number): Uint8Array | ErrorName {
    return this.transfer(bus, address) ?? this.device(bus, address).registers.get(reg, count);
  }

  write(bus: string, address: number, reg: number, data: ArrayLike<number>): ErrorName | undefined {
    const error = this.transfer(bus, address);
    if (error === undefined) this.set(bus, address, reg, data);
    return error;
  }

  private transfer(bus: string, address: number): ErrorName | undefined {
    const device = this.devices.get(key(bus, address));
    if (device === undefined || !device.present) return 'nack';
    device.transfers++;
    if (device.faultsLeft === 0) return undefined;
    device.faultsLeft--;
    return device.fault;
  }

  private device(bus: string, address: number): I2cDevice {
    let device = this.devices.get(key(bus, address));
    if (device === undefined) {
      device = { registers: new Registers(), present: false, transfers: 0, fault: undefined, faultsLeft: 0 };
      this.devices.set(key(bus, address), device);
    }
    return device;
  }
}

/** Bit 7 of the first byte says read, the rest is the register. */
const SPI_READ = 0x80;
const SPI_REGISTERS = 0x80;
/** What a chip select without a device reads as: a line with a pull-up. */
const SPI_IDLE = 0xff;

/**
 * Register devices on SPI: the register counts up with every byte after the first, and both ways at once as SPI does.
 */
export class SpiBuses {
  private readonly devices = new Map<string, Uint8Array>();

  /** Sets registers; attaches the device if it isn't there. */
  set(bus: string, select: string, reg: number, data: ArrayLike<number>): void {
    const device = this.devices.get(key(bus, select)) ?? new Uint8Array(SPI_REGISTERS);
    this.devices.set(key(bus, select), device);
    device.set(data, reg);
  }

  get(bus: string, select: string, reg: number, count: number): Uint8Array {
    return (this.devices.get(key(bus, select)) ?? new Uint8Array(SPI_REGISTERS)).slice(reg, reg + count);
  }

  /**
   * One transfer with the device selected; as many bytes come back as are sent. A byte written gives back the one
   * before.
   */
  transfer(bus: string, select: string, sent: readonly number[]): number[] {
    const device = this.devices.get(key(bus, select));
    const [command = 0, ...values] = sent;
    if (device === undefined) return sent.map(() => SPI_IDLE);
    return [
      0,
      ...values.map((value, i) => {
        const reg = (command + i) % SPI_REGISTERS;
        const before = device[reg] ?? 0;
        if ((command & SPI_READ) === 0) device[reg] = value;
        return before;
      }),
    ];
  }
}

function key(bus: string, device: number | string): string {
  return `${bus}/${device}`;
}
