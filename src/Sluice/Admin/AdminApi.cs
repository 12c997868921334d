namespace Sluice.Admin;

/// <summary>All paths of the admin API.</summary>
internal static class AdminApi
{
    /// <summary>The router of the admin port.</summary>
    /// <param name="parts">What it shows and acts on.</param>
    /// <param name="host">Host of <c>--admin</c>, which is answered besides <c>localhost</c> and addresses.</param>
    public static AdminRouter Router(AdminParts parts, string host)
    {
        AdminEndpoint[] endpoints =
        [
            .. new StateEndpoints(parts).All(),
            .. new EjectionEndpoints(parts).All(),
            .. new ConfigEndpoints(parts).All(),
            .. new ControlEndpoints(parts).All(),
            .. new ExplainEndpoint(parts).All(),
        ];
        return new AdminRouter([IndexPage.For(endpoints), .. endpoints], AdminRouter.LocalHosts(host));
    }
}
