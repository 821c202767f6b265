import {
	beginRequest,
	initRequest,
	pollRequest,
	readBegun,
	readNonce,
	readPolled,
	registrationDefaults,
} from '../../protocol/dingtalk/registration';
import { answered, asked, type PlatformRegistration } from '../shared/registration';

export const registration: PlatformRegistration = {
	platform: 'dingtalk',
	credential: 'dingTalkAppApi',
	defaults: registrationDefaults,
	permissions: [],
	updatesApps: false,

	async begin(call, given) {
		const settings = { ...registrationDefaults, ...given };
		const nonce = readNonce(await answered(call, initRequest(settings)));
		return readBegun(await answered(call, beginRequest(settings, nonce)), settings);
	},

	async ask(call, question, given) {
		const settings = { ...registrationDefaults, ...given };
		const request = pollRequest(settings, question);
		return await asked(call, request, (response) => readPolled(response, settings));
	},

	isTrigger: ({ type }) => type.endsWith('.dingTalkTrigger'),
};
