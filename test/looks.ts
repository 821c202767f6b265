/* What is wrong with the looks of a page. A browser runs these: they use nothing around them. */

/** Controls that are smaller than a finger, 44 px. Runs in the page. */
export function smallControls(): string[] {
	const found = Array.from(document.querySelectorAll('button, select, textarea, input, label, a'));
	return found
		.filter(
			(node) => !node.matches('input[type=hidden], input[type=checkbox], input[type=radio], h1 a'),
		)
		.filter((node) => node.getClientRects().length > 0)
		.filter((node) => node.getBoundingClientRect().height < 44)
		.map((node) => node.outerHTML);
}

/** Texts whose contrast is below 4.5 to 1. Runs in the page. */
export function faintTexts(): string[] {
	const canvas = document.createElement('canvas').getContext('2d')!;
	const rgba = (colour: string): number[] => {
		canvas.clearRect(0, 0, 1, 1);
		canvas.fillStyle = colour;
		canvas.fillRect(0, 0, 1, 1);
		return [...canvas.getImageData(0, 0, 1, 1).data];
	};
	const light = (colour: string): number => {
		const [r, g, b] = rgba(colour)
			.map((part) => part / 255)
			.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
	};
	const ground = (node: Element | null): string => {
		const colour = node ? getComputedStyle(node).backgroundColor : 'white';
		return node && rgba(colour)[3] === 0 ? ground(node.parentElement) : colour;
	};
	const contrast = (node: Element, pseudo?: string): number => {
		const [a, b] = [light(getComputedStyle(node, pseudo).color), light(ground(node))];
		return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
	};
	const faint = (node: Element): boolean =>
		Number(getComputedStyle(node).opacity) < 1 ||
		contrast(node) < 4.5 ||
		(node.matches('input, textarea') && contrast(node, '::placeholder') < 4.5);
	const all = Array.from(document.body.querySelectorAll('*'));
	return all.filter(faint).map((node) => node.outerHTML);
}
