import { admit } from '../../../core/accessTokens/admit';
import type { TokenPayload } from '../../../core/accessTokens/jwt';
import { inputField } from '../../shared/node/fields';
import type { Operation } from '../../shared/node/operations';
import { asItems, firstItem } from '../../shared/node/items';
import { standing } from '../standing';

export const admitCallers: Operation = {
	option: {
		name: 'Admit Caller',
		value: 'admit',
		action: 'Admit who calls with a verified token',
		description:
			'The key’s row comes in. The request leaves with its caller where grant and key stand; without one, nobody is admitted.',
	},
	outputs: ['Request'],
	properties: [
		inputField({
			displayName: 'Verified',
			name: 'verified',
			placeholder: "{{ $('Which request?').first().json }}",
			description: 'What Verify Token put out: request and token',
		}),
		inputField({
			displayName: 'Grant',
			name: 'grant',
			placeholder: "{{ $('Find the grant').first().json }}",
			description: 'The grant’s row, from the table',
		}),
	],
	execute(ctx) {
		const verified = ctx.getNodeParameter('verified', 0) as { token: unknown; request: object };
		const token = verified.token as TokenPayload;
		const grant: unknown = ctx.getNodeParameter('grant', 0);
		const caller = admit(token, { key: firstItem(ctx), grant });
		if (caller) standing.remember(token, caller, Date.now());
		return [asItems({ request: verified.request, ...(caller && { caller }) })];
	},
};
