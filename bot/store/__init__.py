"""What is written down: requests, jobs, credits, images and settings, behind one small port."""
