import { App } from "vivace";
import { z } from "zod";

const ModelName = z
	.enum(["alexnet", "resnet", "lenet"])
	.meta({ id: "ModelName" });

export const app = new App({ title: "FastAPI" });

app.get(
	"/models/{model_name}",
	{ model_name: ModelName },
	function get_model({ model_name }) {
		switch (model_name) {
			case "alexnet":
				return { model_name, message: "Deep Learning FTW!" };
			case "lenet":
				return { model_name, message: "LeCNN all the images" };
			default:
				return { model_name, message: "Have some residuals" };
		}
	},
);
