/** A free TCP port of the loopback, which nobody is given by chance before its server has it. */
export function freePort(): Promise<number>;
