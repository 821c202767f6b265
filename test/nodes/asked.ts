import type { IDataObject } from 'n8n-workflow';
import type { Control, TestSandbox } from '../sandbox/helpers';

export interface Said {
	platform: 'dingtalk' | 'feishu' | 'wecom';
	text: string;
	/** One person in one direct conversation for each name. */
	from?: string;
}

/** A person's message as the platform knows it, in the form in which a trigger passes it on. */
export async function askedIn(
	sandbox: TestSandbox,
	control: Control,
	{ platform, text, from = `of ${platform}` }: Said,
): Promise<IDataObject> {
	const wire = await control.post('/build', { platform, from, text });
	const { messageId } = wire;
	const said = sandbox.world.messages.get(messageId)!;
	const replyTo = {
		dingtalk: () => {
			const body = JSON.parse(Buffer.from(wire.body, 'base64').toString());
			return {
				conversationId: body.conversationId,
				conversationType: 'direct',
				userId: said.from,
				sessionWebhook: body.sessionWebhook,
				sessionExpiresAt: body.sessionWebhookExpiredTime,
			};
		},
		feishu: () => ({ conversationId: said.conversation }),
		wecom: () => ({ bot: 'app', userId: said.from }),
	}[platform]();
	const sentAt = new Date(said.at).toISOString();
	return {
		platform,
		kind: 'message',
		messageId,
		conversationId: said.conversation,
		conversationType: 'direct',
		sender: { id: from },
		text,
		replyTo: { platform, messageId, ...replyTo },
		sentAt,
		receivedAt: sentAt,
	};
}
