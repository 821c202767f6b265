import { admit } from '../../../protocol/accessTokens/admit';
import type { AccessClaims } from '../../../protocol/accessTokens/jwt';
import type { NodeOperation } from '../../shared/operations';
import { asItems, earlierField, firstItem } from '../../shared/requests';

export const admitCallers: NodeOperation = {
	option: {
		name: 'Admit Caller',
		value: 'admit',
		action: 'Admit who calls with a verified token',
		description:
			'The key’s row comes in. Whoever’s grant and key stand leaves as caller; without one, the item is empty: nobody is admitted.',
	},
	outputs: ['Caller'],
	properties: [
		earlierField('admit', 'token', 'Token', {
			placeholder: "{{ $('Which token?').first().json.token }}",
			description: 'What Verify Token read in it',
		}),
		earlierField('admit', 'grant', 'Grant', {
			placeholder: "{{ $('Find the grant').first().json }}",
			description: 'The grant’s row, from the table',
		}),
	],
	execute(ctx) {
		const token = ctx.getNodeParameter('token', 0) as unknown as AccessClaims;
		const grant: unknown = ctx.getNodeParameter('grant', 0);
		const caller = admit(token, { key: firstItem(ctx), grant });
		return [asItems({ ...(caller && { caller }) })];
	},
};
