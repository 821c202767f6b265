import { permissions } from '../../protocol/feishu/permissions';
import {
	beginRequest,
	encodeAddons,
	pollRequest,
	readBegun,
	readPolled,
	registrationDefaults,
} from '../../protocol/feishu/registration';
import { greet } from './greeting';
import { answered, asked, type PlatformRegistration } from '../shared/registration';

export const registration: PlatformRegistration = {
	platform: 'feishu',
	credential: 'feishuAppApi',
	defaults: registrationDefaults,
	permissions,
	updatesApps: true,

	async begin(call, given, appId) {
		const settings = { ...registrationDefaults, ...given };
		const response = await answered(call, beginRequest(settings));
		const addons = await encodeAddons(permissions);
		return readBegun(response, settings, { addons, appId });
	},

	async ask(call, question, given) {
		const settings = { ...registrationDefaults, ...given };
		const request = pollRequest(settings, question);
		return await asked(call, request, (response) => readPolled(response, settings, question));
	},

	isTrigger: ({ type }) => type.endsWith('.feishuTrigger'),

	greet,
};
