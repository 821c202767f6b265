import { UNAUTHORIZED } from '../../../core/accessTokens/answers';
import { verifyBearer } from '../../../core/accessTokens/admit';
import { asFields, asText } from '../../../protocol/fields';
import type { Operation } from '../../shared/node/operations';
import { signingOf } from '../credential';
import { asItems, firstItem } from '../../shared/node/items';
import { routeOf } from '../route';
import { standing } from '../standing';

export const verify: Operation = {
	option: {
		name: 'Verify Token',
		value: 'verify',
		action: 'Verify the token of a request',
		description:
			'Signature, issuer, audience and times of what came to a Webhook node with a bearer token. The request goes on without its headers; for any fault the same refusal leaves. Who was admitted in the last five seconds is admitted.',
	},
	outputs: ['To Check', 'Admitted', 'Refused'],
	async execute(ctx) {
		const now = Date.now();
		const { keys, domain } = await signingOf(ctx);
		const json = firstItem(ctx);
		const headers = asFields(json.headers);
		const token = verifyBearer(headers.authorization, keys, domain, now);
		if (!token) return [[], [], asItems(UNAUTHORIZED.body)];
		const request = {
			route: routeOf(json),
			query: asFields(json.query),
			body: json.body,
			idempotencyKey: asText(headers['idempotency-key']).trim(),
		};
		const caller = standing.callerOf(token, now);
		return caller ? [[], asItems({ request, caller }), []] : [asItems({ request, token }), [], []];
	},
};
