import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { asFields, asText } from '../../protocol/fields';
import type { Platform } from '../../protocol/message';
import { PLATFORMS, platformNames } from '../../protocol/platforms';
import { registrationOf } from '../platforms/registrations';
import type { RegistrationSettings } from '../shared/registration';

/* Addresses and names of the platforms’ registrations, which a test system or a private cloud has of its own. */

/** The field of a platform's setting: `feishuRegistrationUrl`. */
const fieldOf = (platform: Platform, setting: string): string =>
	`${platform}${setting[0]!.toUpperCase()}${setting.slice(1)}`;

/** `Registration URL`, from `registrationUrl`. */
const wordsOf = (setting: string): string =>
	setting
		.replace(/([A-Z])/g, ' $1')
		.replace(/^./, (first) => first.toUpperCase())
		.replace(/\bUrl\b/, 'URL');

const fields = platformNames.flatMap((platform) =>
	Object.entries(registrationOf(platform).defaults).map(
		([setting, value]): INodeProperties => ({
			displayName: `${PLATFORMS[platform].name} ${wordsOf(setting)}`,
			name: fieldOf(platform, setting),
			type: 'string',
			default: value,
		}),
	),
);

export const settingsField: INodeProperties = {
	displayName: 'Settings',
	name: 'settings',
	type: 'collection',
	placeholder: 'Add setting',
	default: {},
	options: fields.sort((a, b) => a.displayName.localeCompare(b.displayName)),
	description:
		'Where codes are asked for, which domains they may lead to, and which addresses a new credential gets. Left out: those of the platform.',
};

/** What the node's settings say of a platform. */
export function settingsOf(ctx: IExecuteFunctions, platform: Platform): RegistrationSettings {
	const given = asFields(ctx.getNodeParameter('settings', 0, {}));
	const { defaults } = registrationOf(platform);
	return Object.fromEntries(
		Object.keys(defaults).flatMap((setting) => {
			const value = given[fieldOf(platform, setting)];
			return value === undefined ? [] : [[setting, asText(value).trim()]];
		}),
	);
}
