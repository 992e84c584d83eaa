export const restart = "Restart intake, workers and dashboard with the new SECRET_KEY.";
