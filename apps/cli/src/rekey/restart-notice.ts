export const restartNotice = "Restart intake, workers and dashboard with the new SECRET_KEY.";
