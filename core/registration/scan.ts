import { asFields, asText } from '../../protocol/fields';
import { isPlatform, type Platform } from '../../protocol/message';
import { seal, unseal } from './seal';
import type { OpenRegistration } from './flow';

/* A scan that a page follows: the page carries it in its address, so that n8n may be started again meanwhile. */

/** What a scan is for. */
export interface WantedScan {
	platform: Platform;
	/** Id of the credential that gets the new values; left out: a new credential. */
	replaces?: string;
	/** The app of that credential is given what it lacks, where the platform can do that; left out: a new bot. */
	updates?: boolean;
}

export interface Scan extends WantedScan {
	/** Tells it from the scans of the platform before and after it. */
	id: string;
	flow: OpenRegistration;
}

export const sealScan = (scan: Scan, key: string): string => seal(scan, key);

/** The scan of an address; undefined where it was not sealed with this key. */
export function unsealScan(text: string, key: string): Scan | undefined {
	const scan = asFields(unseal(text, key));
	return isPlatform(scan.platform) && asText(scan.id) !== ''
		? (scan as unknown as Scan)
		: undefined;
}

/** The scan of a platform that counts: a later one ends those before it. */
export interface CurrentScan {
	/** Empty: it has ended. */
	id: string;
	/** ms since 1970. */
	at: number;
}

/** The later of what this process knows and what is kept with the workflow. */
export function currentOf(known: CurrentScan | undefined, kept: unknown): CurrentScan | undefined {
	const { id, at } = asFields(kept);
	const stored = typeof at === 'number' ? { id: asText(id), at } : undefined;
	if (!known || !stored) return known ?? stored;
	return stored.at > known.at ? stored : known;
}
