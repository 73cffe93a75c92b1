/**
 * Columns that a text takes on a terminal: its characters without colour codes. Stands in for the package
 * `string-width` when the command line is bundled: that one builds tables of emoji and grapheme segments as it is
 * loaded, 50 ms of every start, and nothing that tars prints through yargs has any.
 */
export default function stringWidth(text: string): number {
  // eslint-disable-next-line no-control-regex -- ESC begins a colour code
  return text.replace(/\x1b\[[0-9;]*m/g, '').length;
}
