import {
	beginRequest,
	pollRequest,
	readBegun,
	readPolled,
	registrationDefaults,
} from '../../protocol/wecom/registration';
import { answered, asked, type PlatformRegistration } from '../shared/registration';

export const registration: PlatformRegistration = {
	platform: 'wecom',
	credential: 'weComAiBotApi',
	defaults: registrationDefaults,
	permissions: [],
	updatesApps: false,

	async begin(call, given) {
		const settings = { ...registrationDefaults, ...given };
		return readBegun(await answered(call, beginRequest(settings)), settings);
	},

	async ask(call, question, given) {
		const settings = { ...registrationDefaults, ...given };
		const request = pollRequest(settings, question);
		return await asked(call, request, (response) => readPolled(response, settings));
	},

	isTrigger({ type, typeVersion, parameters }) {
		// What is a parameter's default, n8n does not save (receive/authentication.ts).
		const { authentication = typeVersion >= 3.1 ? 'aiBot' : 'app' } = parameters;
		return type.endsWith('.weComTrigger') && authentication === 'aiBot';
	},
};
