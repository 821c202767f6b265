import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { callbackOf } from '../../../nodes/Feishu/receive/callback';
import type { ReceivedMessage } from '../../../nodes/shared/receive/callback';
import { feishu, feishuInTheClear, legacyCard, pressed } from '../feishuCase';

/* Cards of the kind before version 2.0; what is refused of them stands among the attacks on the trigger. */

const NOW = Date.parse('2026-11-22T08:00:00Z');

describe.each([feishu, feishuInTheClear])('An old card’s button reaches $name', (platform) => {
	const credential = platform.credentials.feishuAppApi as ICredentialDataDecryptedObject;
	const receive = (wire = legacyCard(pressed())): ReceivedMessage =>
		callbackOf({} as never).decode(
			{ ...wire, body: Buffer.from(wire.body) },
			credential,
			NOW,
		) as ReceivedMessage;

	it('as an action, with where to answer', () => {
		const { message, acknowledgement } = receive();
		expect(acknowledgement.body).toEqual({});
		expect(message).toMatchObject({
			kind: 'action',
			conversationId: 'oc_1',
			sender: { id: 'ou_1' },
			action: { id: 'yes', value: { action: 'yes', ticket: 7 }, cardId: 'om_card' },
			replyTo: { platform: 'feishu', messageId: 'om_card', actionId: message.messageId },
		});
		expect(JSON.stringify(message)).not.toContain('c-update');
	});

	it('under an id that is the request’s own', () => {
		const wire = legacyCard(pressed());
		expect(receive(wire).message.messageId).toBe(receive(wire).message.messageId);
		expect(receive().message.messageId).not.toBe(receive().message.messageId);
	});
});
