/** The keys of one command, opened when they are first needed, each once, and told apart by their roles. */
import type { Signer } from '../../ota/host/envelope.js';
import { sameBytes } from '../../ota/host/cbor.js';
import type { Root, RoleName } from '../../ota/host/root.js';
import { UserError } from '../errors.js';
import { loadKey, openKeys } from './keystore.js';
import { shellWord } from '../terminal/calling.js';

export class KeyRing {
  private readonly signing = new Map<string, Signer>();
  private readonly names: readonly string[];

  constructor(names: readonly string[]) {
    this.names = [...new Set(names)];
  }

  /**
   * Keys with this role in the root document, opened. Throws a UserError if they are fewer than the root document
   * wants.
   */
  async signers(root: Root, role: RoleName): Promise<readonly Signer[]> {
    const named = this.names.filter((name) => hasRole(root, name, role));
    const wanted = root.thresholds[role];
    if (named.length < wanted || wanted === 0) throw tooFew({ root, role, given: this.names, named: named.length });
    const signers: Signer[] = [];
    for (const name of named) {
      const signer = this.signing.get(name) ?? (await openKeys([name]))[0];
      if (!signer) continue;
      this.signing.set(name, signer);
      signers.push(signer);
    }
    return signers;
  }

  /** Those that were opened so far. */
  get opened(): readonly Signer[] {
    return [...this.signing.values()];
  }

  /** True if keys were named that can sign in this role. */
  can(root: Root, role: RoleName): boolean {
    const wanted = root.thresholds[role];
    return wanted > 0 && this.names.filter((name) => hasRole(root, name, role)).length >= wanted;
  }
}

function hasRole(root: Root, name: string, role: RoleName): boolean {
  const { publicKey } = loadKey(name);
  return root.keys.some((key) => sameBytes(key.publicKey, publicKey) && key.roles.includes(role));
}

function tooFew({
  root,
  role,
  given,
  named,
}: {
  root: Root;
  role: RoleName;
  given: readonly string[];
  named: number;
}): UserError {
  const holders = root.keys.filter((key) => key.roles.includes(role)).map(({ name }) => name);
  const wanted = root.thresholds[role];
  if (holders.length === 0)
    return new UserError('role', `no key of the root document of ${root.owner} has the role ${role}`, {
      cure: 'make the next root document with such a key: `tars keys root --after`',
    });
  const have =
    given.length === 0 ? 'no key was named' : `${named} of ${given.join(', ')} ${named === 1 ? 'has' : 'have'} it`;
  return new UserError(
    'threshold',
    `${wanted} ${wanted === 1 ? 'key' : 'keys'} with the role ${role} must sign, ${have}`,
    { cure: `add ${holders.map((name) => `--key ${shellWord(name)}`).join(wanted > 1 ? ' ' : ' or ')}` },
  );
}
