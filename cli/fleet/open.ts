/** What all commands about fleets begin with: which fleet, whose, over which broker, with what memory. */
import { topicRoot } from '../../hal/contract/index.js';
import { Flood } from '../../ota/operator/arrival.js';
import { Fleet } from '../../ota/operator/fleet.js';
import type { Broker } from '../../ota/operator/broker.js';
import { MemoryStore, type Store } from '../../ota/operator/store.js';
import { topicPath } from '../../ota/operator/topics.js';
import type { Signer } from '../../ota/host/envelope.js';
import { sha256, toHex } from '../../ota/host/ids.js';
import { certificate } from './brokers.js';
import { checkClock } from './clock.js';
import { exitCodes, UserError } from '../errors.js';
import { KeyRing } from '../keys/keyring.js';
import { findRoot, type RootFile } from '../keys/owner.js';
import { connectBroker } from './mqtt.js';
import { keepRoll, readEnrolment } from './rolls.js';
import { findFleet, type FleetSettings } from './settings.js';

export const fleetOptions = {
  fleet: { type: 'string', describe: 'name of the fleet (default: the only one that this machine knows)' },
  broker: { type: 'string', describe: 'its broker, mqtt[s]://host:port (default: as `tars provision` was told)' },
  root: { type: 'string', describe: "the owner's root document (default: the copy that `tars provision` kept)" },
  ca: { type: 'string', describe: "PEM file: the certificate that the broker's must be signed by" },
  'clock-is-right': {
    type: 'boolean',
    default: false,
    describe: 'sign with the time of this computer, although other times were signed before',
  },
  user: { type: 'string', describe: 'user name at the broker; the password comes from TARS_BROKER_PASSWORD' },
} as const;

export interface FleetArgs {
  readonly fleet: string | undefined;
  readonly broker: string | undefined;
  readonly root: string | undefined;
  readonly ca: string | undefined;
  readonly user: string | undefined;
  readonly 'clock-is-right'?: boolean;
}

export interface FleetPlace {
  readonly settings: Partial<FleetSettings> & Pick<FleetSettings, 'fleet' | 'broker'>;
  readonly file: RootFile;
  readonly ca: string | undefined;
  readonly user: string;
  /** The user says that the clock of this computer is. */
  readonly clockIsRight: boolean;
}

/** Finds fleet and owner without talking to anybody. */
export function placeOf(args: FleetArgs): FleetPlace {
  const settings = findFleet(args);
  const file = findRoot(args.root, args.root === undefined ? settings.owner : undefined);
  const ca = args.ca === undefined ? settings.ca : certificate(args.ca).toString();
  if (settings.broker.startsWith('mqtts:') && ca === undefined)
    throw new UserError('no_ca', `${settings.broker} needs a certificate to trust`, { cure: 'name it with --ca FILE' });
  return {
    settings,
    file,
    ca: settings.broker.startsWith('mqtts:') ? ca : undefined,
    user: args.user ?? settings.user ?? '',
    clockIsRight: args['clock-is-right'] ?? false,
  };
}

export interface OpenFleet {
  readonly broker: Broker;
  readonly fleet: Fleet;
  readonly place: FleetPlace;
  /** Rejects when the connection is lost, or when the broker refuses an answer to a device. */
  readonly lost: Promise<never>;
}

/** Connects and waits for what the broker keeps. `pushes`: its will takes the claim of this operator away. */
export async function openFleet(
  place: FleetPlace,
  {
    store,
    signers = [],
    pushes = false,
    yields = false,
  }: {
    readonly store?: Store;
    readonly signers?: readonly Signer[];
    readonly pushes?: boolean;
    /** Leaves answering to whoever pushes. */
    readonly yields?: boolean;
  } = {},
): Promise<OpenFleet> {
  const {
    settings: { fleet: name, broker: url },
    ca,
    user,
    file: { root },
  } = place;
  const password = process.env['TARS_BROKER_PASSWORD'];
  const broker = await connectBroker({
    url,
    user,
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
    ...(pushes && store && { will: topicPath(name, 'operator'), session: store.operator }),
  });
  let onFailure: (error: unknown) => void = () => undefined;
  const lost = new Promise<never>((_, reject) => {
    broker.onLost(reject);
    onFailure = reject;
  });
  lost.catch(() => undefined);
  const enrolment = readEnrolment(root, name);
  const fleet = new Fleet({
    broker,
    fleet: name,
    root,
    enrolment,
    store: store ?? new MemoryStore('', (bytes) => toHex(sha256(bytes))),
    nowMs: Date.now,
    signers,
    yields,
    onFailure,
    beforeDevices: () => {
      const rollS = enrolment.roll?.roll.timeS;
      if (signers.length > 0) checkClock({ root, fleet: name, rollS, nowMs: Date.now(), isRight: place.clockIsRight });
    },
  });
  try {
    await Promise.race([fleet.open(), lost]);
  } catch (error) {
    await broker.close();
    throw error instanceof Flood ? floodError(url, name, error) : error;
  }
  if (fleet.enrolment.roll) keepRoll(root, name, fleet.enrolment.roll);
  return { broker, fleet, place, lost };
}

const floodError = (url: string, fleet: string, { heard }: Flood): UserError =>
  new UserError(
    'broker_flood',
    `the broker ${url} does not come to an end: ${heard.messages} messages (${heard.bytes} bytes) in ` +
      `${Math.round(heard.ms / 1000)} s, on ${heard.topics} topics that the fleet ${fleet} has`,
    {
      cure: `look at the broker who writes below ${topicRoot.replace('{fleet}', fleet)}, and take the right from him`,
      exit: exitCodes.board,
    },
  );

/** Operator keys among those named, to answer births; none if there are not enough of them. */
export async function beaconSigners({ file: { root } }: FleetPlace, ring: KeyRing): Promise<readonly Signer[]> {
  return ring.can(root, 'operator') ? ring.signers(root, 'operator') : [];
}
