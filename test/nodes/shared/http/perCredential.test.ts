import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ICredentialDataDecryptedObject, IWebhookFunctions } from 'n8n-workflow';
import { MAX_CREDENTIALS } from '../../../../core/common/leastRecentlyUsed';
import {
	endAddressChecks,
	takesAddressChecks,
} from '../../../../nodes/Feishu/receive/addressCheck';
import { knownBotId, learnBotIdIn } from '../../../../nodes/Feishu/receive/bot';
import { accessToken, credentialKey } from '../../../../nodes/shared/http/tokens';
import { botNameOf } from '../../../../nodes/WeCom/receive/botName';
import { importsOf } from '../../../imports';

/* What a process keeps about each credential has a bound: credentials change, and nobody says which ones ended. */

const root = join(__dirname, '../../../..');

/** The first one, one that is asked for again and again, and as many others as are kept beside it. */
const first = { appId: 'first' };
const used = { appId: 'used' };
const others = Array.from({ length: MAX_CREDENTIALS - 1 }, (_, index) => ({
	appId: String(index),
}));

interface Kept {
	keep(credential: ICredentialDataDecryptedObject): Promise<void> | void;
	isKept(credential: ICredentialDataDecryptedObject): Promise<boolean> | boolean;
}

const app = (openId: string): IWebhookFunctions =>
	({
		getNode: () => ({ name: 'Feishu Trigger' }),
		helpers: {
			httpRequest: async () => ({
				statusCode: 200,
				headers: {},
				body: new Blob([
					JSON.stringify({
						code: 0,
						tenant_access_token: 't',
						expire: 7200,
						bot: { open_id: openId },
					}),
				]).stream(),
			}),
		},
		logger: { warn: () => {} },
	}) as unknown as IWebhookFunctions;

const KEPT: Array<[string, Kept]> = [
	['That Feishu signs', { keep: endAddressChecks, isKept: (each) => !takesAddressChecks(each) }],
	[
		'A Feishu bot’s id',
		{
			keep: async (each) => await learnBotIdIn(app('ou_bot'), each),
			isKept: (each) => knownBotId(each) === 'ou_bot',
		},
	],
	[
		'An AI bot’s name',
		{
			keep: (each) => {
				for (const said of ['@Bot one', '@Bot two']) botNameOf(each, said);
			},
			isKept: (each) => botNameOf(each, undefined) === 'Bot',
		},
	],
	[
		'An access token',
		{
			keep: async ({ appId }) => {
				await accessToken(`token ${String(appId)}`, async () => ({ value: 'old', lifeMs: 1e7 }));
			},
			isKept: async ({ appId }) => {
				const anew = async () => await Promise.reject(new Error('to be fetched'));
				return (await accessToken(`token ${String(appId)}`, anew).catch(() => '')) === 'old';
			},
		},
	],
];

it.each(KEPT)(
	'%s is forgotten of the credential that was not used for longest',
	async (_, kept) => {
		await kept.keep(first);
		await kept.keep(used);
		for (const other of others) {
			await kept.keep(other);
			expect(await kept.isKept(used)).toBe(true);
		}
		expect(await kept.isKept(others.at(-1)!)).toBe(true);
		expect(await kept.isKept(first)).toBe(false);
	},
);

it.each(['keepAlive', 'allowedDomains', 'allowedHttpRequestDomains'])(
	'A credential is the same whatever its %s is: no connection is opened, no limit counted anew',
	(field) => {
		const credential = { appId: 'app', appSecret: 'secret' };
		const key = credentialKey({ ...credential, [field]: false });
		expect(credentialKey({ ...credential, [field]: true })).toBe(key);
		expect(credentialKey(credential)).toBe(key);
		expect(credentialKey({ ...credential, appSecret: 'new', [field]: false })).not.toBe(key);
	},
);

/** Module-wide maps and sets without a bound in a file that tells credentials apart. */
const unbounded = (source: string): string[] =>
	source.includes('credentialKey') ? (source.match(/^const \w+ = new (Map|Set)\b.*$/gm) ?? []) : [];

it('Nothing is kept by credential without a bound', () => {
	const files = [...new Set(importsOf('nodes').map(({ file }) => file))];
	const found = files.flatMap((file) => unbounded(readFileSync(join(root, file), 'utf8')));
	expect(files.length).toBeGreaterThan(50);
	expect(found).toEqual([]);
	// The control.
	const before = 'import { credentialKey } …\n\nconst signed = new Set<string>();\n';
	expect(unbounded(before)).toEqual(['const signed = new Set<string>();']);
});
