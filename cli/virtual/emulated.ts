/**
 * Name of the board whose firmware runs in an emulator; a file of its own, so that whoever only compares it loads no
 * serial port.
 */
export const EMULATED = 'qemu-m7';
