import { verifySigned } from '../../../core/accessTokens/jwt';
import { REVOKED } from '../../../core/accessTokens/decide';
import { readRevocation, readTokenRequest } from '../../../core/accessTokens/request';
import { Refused } from '../../../protocol/verify';
import { asFields } from '../../../protocol/fields';
import type { Operation } from '../../shared/node/operations';
import { signingOf, type SigningCredential } from '../credential';
import { proved } from '../standing';
import { expected } from '../../../core/common/defects';
import { asItems, firstItem } from '../../shared/node/items';
import { routeOf } from '../route';

export const read: Operation = {
	option: {
		name: 'Read Request',
		value: 'read',
		action: 'Read what a client asks',
		description:
			'What came to the token or revoke address: whose row to look up, with hashes in place of secrets. For a key that proved itself in the last five seconds the new grant leaves at once. What cannot be read leaves with what is wrong with it.',
	},
	outputs: ['Nothing to Do', 'New Grant', 'Request', 'To Look Up', 'Malformed'],
	async execute(ctx) {
		const signing = await signingOf(ctx);
		const json = firstItem(ctx);
		const { body, headers } = json;
		if (routeOf(json) === 'revoke') {
			const request = readRevocation(body, (token) => grantIn(token, signing));
			return request ? [[], [], [], asItems(request)] : [asItems(REVOKED.body)];
		}
		const request = readTokenRequest(body, asFields(headers).authorization);
		if ('status' in request) return [[], [], [], [], asItems(request.body)];
		const insert = (await proved.decide(request, Date.now))?.insert;
		return insert ? [[], asItems(insert), asItems(request)] : [[], [], [], asItems(request)];
	},
};

function grantIn(token: string, { keys, domain }: SigningCredential): string | undefined {
	try {
		return verifySigned(token, keys, domain).grantId;
	} catch (error) {
		expected(error, Refused);
		return undefined;
	}
}
