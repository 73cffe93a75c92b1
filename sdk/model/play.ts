/** Does to a rig what a list of stimuli says. */
import { refusalOf, type Rig } from './rig.js';
import type { Stimulus } from './stimulus.js';

/** Applies one stimulus to a rig. */
export async function applyStimulus(rig: Rig, stimulus: Stimulus): Promise<void> {
  switch (stimulus.kind) {
    case 'advance':
      await rig.advance(stimulus.us);
      return;
    case 'pin':
      return rig.pinSet(stimulus.pin, stimulus.drive);
    case 'adc':
      return rig.adcSet(stimulus.input, stimulus.millivolts);
    case 'i2c':
      return rig.i2cSet(stimulus.bus, stimulus.address, stimulus.reg, Uint8Array.from(stimulus.data));
    case 'i2c.device':
      return rig.i2cDevice(stimulus.bus, stimulus.address, stimulus.present);
    case 'i2c.fault':
      return rig.i2cFault(stimulus.bus, stimulus.address, stimulus.error, stimulus.count);
    case 'spi':
      return rig.spiSet(stimulus.bus, stimulus.select, stimulus.reg, Uint8Array.from(stimulus.data));
    case 'uart':
      return rig.uartSend(stimulus.port, Uint8Array.from(stimulus.data));
    case 'publish':
      return rig.publish(stimulus.topic, stimulus.values);
    case 'param':
      return rig.paramSet(stimulus.behaviour, stimulus.name, stimulus.value);
  }
}

/** Plays a list to a rig, in order. What one rig refuses, such as bytes for a full port, every rig has to refuse. */
export async function play(rig: Rig, stimuli: readonly Stimulus[]): Promise<void> {
  for (const stimulus of stimuli) {
    await applyStimulus(rig, stimulus).catch((error: unknown) => {
      if (refusalOf(error) === undefined) throw error;
    });
  }
}
