import type { CallbackOf } from '../../nodes/shared/receive/callback';
import type { Credentials } from '../harness';

/* What a test of all triggers knows of a platform: `platforms.ts` has the table. */

export interface Wire {
	method: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	body: string;
}

export interface Said {
	id: string;
	text?: string;
	conversation?: string;
	/** When it was written. */
	sentAt?: number;
	/** When it was signed. */
	signedAt?: number;
	credentials?: Credentials;
}

/** A way in which a request can be wrong; each must be refused like every other. */
export type Attack = [name: string, wire: () => Wire, credentials?: Credentials];

export interface PlatformCase {
	name: string;
	trigger: string;
	parameters?: Record<string, string>;
	credentials: Credentials;
	/** How the node reads its requests. */
	callbackOf: CallbackOf;
	/** A text message, sealed and signed. */
	message(said: Said): Wire;
	/** Any document that the platform would deliver as a message, sealed and signed. */
	deliver(document: unknown): Wire;
	/** Any document that the platform would deliver as an event, where that is another way. */
	deliverEvent?: (document: unknown) => Wire;
	/** The platform's own document of a text message. */
	document(said: Said): Record<string, unknown>;
	/** What the platform reads as an acknowledgement of a message. */
	acknowledged(body: string): boolean;
	unknownType?: () => Wire;
	event?: (type: string) => Wire;
	/** `credentials` where a probe is answered before messages only. */
	probe?: { wire(): Wire; answered(body: string): boolean; credentials?: Credentials };
	attacks: Attack[];
}
