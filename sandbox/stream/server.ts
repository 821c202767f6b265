import type { SimulatedPlatform } from '../messages.ts';
import type { World } from '../world.ts';
import type { StreamConnection } from './connection.ts';
import type { StreamDialogue } from './dialogue.ts';

export type HandshakeVerdict =
	| { refused: string; status: number; headers?: Record<string, string>; body?: string }
	| {
			/** Who connects, as far as the bot says it. */
			who: string;
			/** Left out where that is not known before the bot has said something. */
			botId?: string;
			/** Greets the bot: the socket is open. */
			begin(connection: StreamConnection): StreamDialogue;
	  };

/** How one platform takes long connections. */
export interface StreamServer {
	service: SimulatedPlatform;
	/** Decides about a handshake. */
	admit(url: URL, world: World): HandshakeVerdict;
}
