import MediaLibraries

DecodingService.run()
