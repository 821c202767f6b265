import type { BoundBot } from '../../core/registration/bindings';
import type { Failure } from '../../protocol/errors';
import type { Platform } from '../../protocol/message';
import {
	RegistrationError,
	passingTrouble,
	type Permission,
	type RegistrationAnswer,
	type RegistrationCode,
	type RegistrationGrant,
	type RegistrationQuestion,
	type RegistrationRequest,
	type RegistrationResponse,
} from '../../protocol/registration';

/* What passes between those who let people scan a code and each platform's folder. Needs nothing of n8n. */

/** Makes one request; redirects are not followed. A failure is one of the network: no answer came. */
export type RegistrationCall = (
	request: RegistrationRequest,
) => Promise<RegistrationResponse | Failure>;

/** Addresses and names by the platform's own words for them; what is left out is the platform's default. */
export type RegistrationSettings = Readonly<Record<string, string>>;

export interface PlatformRegistration {
	platform: Platform;
	/** The credential type whose fields a grant fills in. */
	credential: string;
	/** All settings with their defaults. */
	defaults: RegistrationSettings;
	/** What the new app asks the person for; empty where the platform decides it. */
	permissions: readonly Permission[];
	/** Whether a scan can give an app that is there the permissions that it lacks. */
	updatesApps: boolean;
	/**
	 * Asks for a code.
	 * @param appId the app that is to be updated, where the platform can do that; left out: a new one
	 * @throws RegistrationError
	 */
	begin(
		call: RegistrationCall,
		settings?: RegistrationSettings,
		appId?: string,
	): Promise<RegistrationCode>;
	/** Asks what has become of a code. Never fails: what goes wrong is an answer too. */
	ask(
		call: RegistrationCall,
		question: RegistrationQuestion,
		settings?: RegistrationSettings,
	): Promise<RegistrationAnswer>;
	isTrigger: BoundBot['isTrigger'];
	/**
	 * Writes as the new bot to who scanned the code, where the platform says who that was.
	 * @param values of the grant
	 * @returns why it was not sent, if so; who shows that strikes the secrets out first
	 */
	greet?(
		call: RegistrationCall,
		values: RegistrationGrant['values'],
		greeting: Greeting,
	): Promise<string | undefined>;
}

export interface Greeting {
	personId: string;
	text: string;
}

/** What the platform says to a request for a code. */
export async function answered(
	call: RegistrationCall,
	request: RegistrationRequest,
): Promise<RegistrationResponse> {
	const response = await call(request);
	if ('class' in response) throw new RegistrationError('unreachable', response.code);
	return response;
}

/** What the platform says of a code. */
export async function asked(
	call: RegistrationCall,
	request: RegistrationRequest,
	read: (response: RegistrationResponse) => RegistrationAnswer,
): Promise<RegistrationAnswer> {
	const response = await call(request);
	return 'class' in response ? passingTrouble('unreachable', response.code) : read(response);
}
