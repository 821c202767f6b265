import { openEnvelope, sealEnvelope, type EnvelopeKeys, type SignedEnvelope } from '../envelope';

/** Answer to an event subscription callback, in the key spelling that DingTalk reads. */
export interface EncryptedAnswer {
	msg_signature: string;
	timeStamp: string;
	nonce: string;
	encrypt: string;
}

/** Opens an event subscription callback. `receiverId` is the app's Client ID. Throws `Refused`. */
export function decryptEvent(keys: EnvelopeKeys, envelope: SignedEnvelope): string {
	return openEnvelope(keys, envelope);
}

/** Encrypts an answer; DingTalk takes nothing but the encrypted word `success` as an acknowledgement. */
export function encryptAnswer(
	keys: EnvelopeKeys,
	message: string,
	timestamp: string,
	nonce: string,
	random16?: Buffer,
): EncryptedAnswer {
	const sealed = sealEnvelope(keys, message, timestamp, nonce, random16);
	return {
		msg_signature: sealed.signature,
		timeStamp: sealed.timestamp,
		nonce: sealed.nonce,
		encrypt: sealed.encrypt,
	};
}
