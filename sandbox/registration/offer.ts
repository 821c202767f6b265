import type { BotAccount, Grants } from '../bots.ts';
import type { World } from '../world.ts';

/** What a phone asks the person who has scanned a code. */
export interface Offer {
	/** Of the bot; left out: the platform chooses one. */
	name?: string;
	description?: string;
	/** The bot that gets more rights; left out: a new one is made. */
	updates?: string;
	/** The person cannot choose an app that exists. */
	createOnly?: boolean;
	/** Left out: the platform's own choice. */
	grants?: Grants;
}

/** What is a platform's own about its codes. */
export interface PlatformCodes {
	/** The platform's app, which alone can scan them. */
	app: string;
	/** The code for people in the address of a QR code. */
	codeIn(address: URL): string | null;
	/** @throws an Error in words where the page that the phone opens would show a mistake */
	offerOf(address: URL, world: World): Offer;
	newBot(): Pick<BotAccount, 'id' | 'secret'>;
}
