import type { ConnectionFailure } from './failure';
import type { ConnectionWishes } from './timing';

/* What `Upkeep` is told, and what it says to do. */

/** What has happened. What is told of a link that has ended changes nothing. */
export type UpkeepEvent =
	| { kind: 'start' | 'due' | 'stop' }
	/** What the connection was opened for has changed: another one is wanted. */
	| { kind: 'renew' }
	/** Another connection has taken the place of this one, which drains and stops. */
	| { kind: 'retire' }
	/** The platform has said where to connect. */
	| { kind: 'located'; link: number; wishes: ConnectionWishes }
	| { kind: 'opened'; link: number; canPing: boolean; isReady: boolean }
	/** `nuisance`: a frame that brings nothing. `leaving`: the platform will end it soon. */
	| { kind: 'ready' | 'heard' | 'nuisance' | 'leaving'; link: number }
	| { kind: 'wished'; link: number; wishes: ConnectionWishes }
	/** It could not be made, or has ended. */
	| { kind: 'lost'; link: number; failure: ConnectionFailure };

/** What is to be done about a link. To end one that is gone already does nothing. */
export interface UpkeepAction {
	kind: 'locate' | 'open' | 'ping' | 'end';
	link: number;
}
